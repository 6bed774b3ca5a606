import { describe, expect, it } from 'vitest';
import { assemble, fixture, named, PROTO_4, refusal, text, uint32 } from './assemble.ts';

const call = (module: string, name: string, ...args: Uint8Array[]) =>
  assemble(PROTO_4, named(module, name), '(', ...args, 'tR.');

const names = (bytes: Uint8Array) => {
  const error = refusal(bytes);
  expect(error.code).toBe('pickle-refused');
  return (error.details.refused as { name: string; position: number }[]).map(({ name }) => name);
};

describe('calls', () => {
  it.each([
    ['os', 'system'],
    ['posix', 'system'],
    ['nt', 'system'],
    ['builtins', 'eval'],
    ['builtins', 'exec'],
    ['__builtin__', 'eval'],
    ['subprocess', 'Popen'],
    ['importlib', 'import_module'],
    ['runpy', '_run_code'],
    ['operator', 'attrgetter'],
    ['functools', 'partial'],
    ['numpy.testing._private.utils', 'runstring'],
    ['keras.src.layers.core.lambda_layer', 'Lambda'],
    ['torch._utils', '_rebuild_tensor_v2'],
    ['numpy.core.multiarray', '_reconstruct.__globals__'],
    ['sklearn.preprocessing._data', 'MinMaxScaler.__init__.__globals__'],
    ['joblib.numpy_pickle', 'load'],
  ])('refuses %s.%s by name, wherever it stands', (module, name) => {
    expect(names(call(module, name, text('id')))).toEqual([`${module}.${name}`]);
    // GLOBAL, INST and OBJ name it too.
    expect(names(assemble(`c${module}\n${name}\n(S'id'\ntR.`))).toEqual([`${module}.${name}`]);
    expect(names(assemble(`(S'id'\ni${module}\n${name}\n.`))).toEqual([`${module}.${name}`]);
    expect(names(assemble(`(c${module}\n${name}\nS'id'\no.`))).toEqual([`${module}.${name}`]);
    // Even if it is only named and thrown away.
    expect(names(assemble(PROTO_4, named(module, name), '0N.'))).toEqual([`${module}.${name}`]);
  });

  it('says where, that nothing was run, and warns of opening it elsewhere', () => {
    const error = refusal(call('os', 'system', text('id')));
    expect(error.details.refused).toEqual([{ name: 'os.system', position: 14 }]);
    expect(error.message).toContain('os.system (byte 14). Nothing was run.');
    expect(error.remedy).toContain('Do not open it');
  });

  it('names everything that is refused, also before damage', () => {
    const both = assemble(PROTO_4, named('os', 'system'), named('builtins', 'eval'), named('os', 'system'), '0001.');
    expect(names(both)).toEqual(['os.system', 'builtins.eval']);
  });

  it('refuses getattr but for the one that Keras 3 needs', () => {
    const model = named('keras.src.models.sequential', 'Sequential');
    const get = (owner: Uint8Array, attribute: string) => call('builtins', 'getattr', owner, text(attribute));
    expect(names(get(model, '__globals__'))).toEqual([
      'builtins.getattr(keras.src.models.sequential.Sequential, __globals__)',
    ]);
    expect(names(get(named('os', 'path'), 'os'))).toEqual(['os.path', 'builtins.getattr(os.path, os)']);
    expect(names(get(text('x'), '_unpickle_model'))).toEqual(['builtins.getattr(a string, _unpickle_model)']);
    const chain = assemble(named('builtins', 'getattr'), '(', named('builtins', 'getattr'), text('__self__'), 'tR');
    expect(names(assemble(PROTO_4, chain, text('eval'), '\x86.'))).toEqual([
      'builtins.getattr(builtins.getattr, __self__)',
    ]);
  });

  it('refuses to call what may only be named, and what is no name', () => {
    expect(names(call('numpy', 'float64', text('1')))).toEqual(['numpy.float64()']);
    expect(names(call('numpy', 'ndarray'))).toEqual(['numpy.ndarray()']);
    expect(names(assemble(PROTO_4, named('numpy', 'dtype'), ')\x81.'))).toEqual(['numpy.dtype instances']);
    expect(names(assemble(PROTO_4, text('eval'), ')R.'))).toEqual(['calling a string']);
    expect(names(assemble(PROTO_4, '])R.'))).toEqual(['calling a list']);
  });

  it('refuses calls within calls', () => {
    const inner = assemble(named('os', 'system'), text('id'), '\x85R');
    expect(names(assemble(PROTO_4, named('_codecs', 'encode'), inner, text('latin1'), '\x86R.'))).toContain(
      'os.system',
    );
  });

  it('refuses other encodings, subclasses of arrays, instances with keywords and odd dtypes', () => {
    expect(names(call('_codecs', 'encode', text('x'), text('hex')))).toEqual(['_codecs.encode other than to latin1']);
    const matrix = call(
      'numpy._core.multiarray',
      '_reconstruct',
      named('numpy', 'float64'),
      assemble('K\0\x85'),
      assemble('C\x01b'),
    );
    expect(names(matrix)).toEqual(['numpy._core.multiarray._reconstruct of a subclass of numpy.ndarray']);
    const keywords = assemble(
      PROTO_4,
      named('sklearn.preprocessing._data', 'MinMaxScaler'),
      ')}',
      text('a'),
      'Ns\x92.',
    );
    expect(names(keywords)).toEqual(['sklearn.preprocessing._data.MinMaxScaler with keywords']);
    expect(names(call('numpy', 'dtype', text('c16')))).toEqual(['numpy.dtype("c16")']);
    expect(names(call('numpy', 'dtype', text('V8')))).toEqual(['numpy.dtype("V8")']);
  });

  it('refuses what points out of the file', () => {
    expect(names(assemble('Pstorage\n.'))).toEqual(['persistent id storage']);
    expect(names(assemble(PROTO_4, text('x'), 'Q.'))).toEqual(['persistent id (a string)']);
    expect(names(assemble(PROTO_4, [0x82, 7], '.'))).toEqual(['extension code 7']);
    expect(names(assemble([0x80, 5, 0x97, 0x98], '.'))).toEqual(['out-of-band buffer']);
  });

  it('shows no control characters of names, nor all of a long one', () => {
    const [shown] = names(assemble(PROTO_4, named('a\u001b[31m\nb', 'x'.repeat(200)), '.'));
    expect(shown).toMatch(/^a\?\[31m\?b\.x+\.\.\.$/);
    expect(shown?.length).toBeLessThan(130);
  });
});

describe('bombs', () => {
  const limited = (bytes: Uint8Array) => expect(refusal(bytes)).toMatchObject({ code: 'limit-exceeded' });

  it('counts what is shared wherever it is used: a billion laughs by DUP and by memo', () => {
    // Twelve lists of nine times the one before.
    const memo = Array.from({ length: 12 }, (_, i) =>
      assemble(
        0x94,
        '0(',
        Buffer.alloc(18).map((_, at) => (at % 2 ? i : 0x68)),
        'l',
      ),
    );
    limited(assemble(PROTO_4, ']', ...memo, '.'));
    const twice = assemble(PROTO_4, ']', ...Array.from({ length: 100 }, () => '2\x86'), '.');
    limited(twice);
  });

  it('limits how deep containers are', () => {
    const tuples = assemble(PROTO_4, ')', '\x85'.repeat(100_000), '.');
    expect(refusal(tuples).message).toContain('the depth');
    limited(assemble(PROTO_4, '('.repeat(100_000), '.'));
    const cycle = assemble(PROTO_4, ']\x94h\0a.');
    expect(refusal(cycle).message).toContain('contains itself');
  });

  it('limits opcodes and memo entries', () => {
    limited(assemble(PROTO_4, Buffer.alloc(3_000_001, 'N0'), '.'));
    limited(assemble(PROTO_4, 'N', Buffer.alloc(1_500_002, 0x94), '.'));
  });

  it('believes no length', () => {
    const huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
    limited(assemble(PROTO_4, [0x8e, ...huge], '.'));
    limited(assemble(PROTO_4, [0x8d, ...huge], '.'));
    limited(assemble([0x80, 5, 0x96, ...huge], '.'));
    limited(assemble('B', uint32(0xffffffff), '.'));
    expect(refusal(assemble('B', uint32(1000), 'abc.')).code).toBe('file-damaged');
    expect(refusal(assemble('T', uint32(-1), '.')).code).toBe('file-damaged');
    expect(refusal(assemble([0x8b], uint32(-5), '.')).code).toBe('file-damaged');
    expect(refusal(assemble(PROTO_4, [0x95, ...huge], '.')).code).toBe('file-damaged');
    limited(assemble(PROTO_4, [0x8b], uint32(1_000_000), Buffer.alloc(1_000_000, 0xff), '.'));
    limited(assemble('L', '9'.repeat(1_000_000), 'L\n.'));
  });

  it('allocates nothing for the shape that an array claims', () => {
    const array = (shape: string, code: string) =>
      assemble(
        PROTO_4,
        named('numpy._core.numeric', '_frombuffer'),
        '(C\0',
        named('numpy', 'dtype'),
        text(code),
        '\x85R(',
        shape,
        't',
        text('C'),
        'tR.',
      );
    expect(refusal(array('J\xff\xff\xff\x7fJ\xff\xff\xff\x7f', 'f8')).code).toBe('limit-exceeded');
    expect(refusal(array('J\0\0\0\x10', 'f8')).code).toBe('file-damaged');
    expect(refusal(array('J\0\0\0\x10', 'U0')).code).toBe('limit-exceeded');
    expect(refusal(array('J\xff\xff\xff\xff', 'f8')).code).toBe('file-damaged');
    expect(refusal(array('K\x01'.repeat(60), 'f8')).code).toBe('limit-exceeded');
  });

  it('makes no more bytes than the file can answer for', () => {
    const megabyte = assemble('X', uint32(2 ** 20), Buffer.alloc(2 ** 20, 'a'));
    const again = assemble('h\0', text('latin1'), '\x86R0h\x01');
    const encodes = Array.from({ length: 200 }, () => again);
    limited(assemble(PROTO_4, megabyte, '\x940', named('_codecs', 'encode'), '\x94', ...encodes, '.'));
  });
});

describe('work', () => {
  /** One large value in the memo as 0, and what is done with it a hundred thousand times. */
  const often = (large: Uint8Array, prepare: Uint8Array, work: Uint8Array) =>
    assemble(PROTO_4, large, '\x940', prepare, Buffer.concat(Array.from({ length: 100_000 }, () => work)), 'N.');
  const string = assemble('X', uint32(2 ** 22), Buffer.alloc(2 ** 22, 'a'));
  const short = assemble('X', uint32(65_536), Buffer.alloc(65_536, 'a'));
  const tuple = assemble('(', Buffer.alloc(2 ** 20, ')'), 't');
  const list = assemble('(', Buffer.alloc(2 ** 20, ')'), 'l');
  const known = (module: string, name: string) => assemble(named(module, name), '\x940');

  it.each<[string, string, Uint8Array]>([
    ['a long name', 'pickle-refused', often(string, assemble(), assemble('h\0h\0\x930'))],
    ['a long attribute', 'pickle-refused', often(string, known('builtins', 'getattr'), assemble('h\x01Nh\0\x86R0'))],
    ['a long dtype', 'pickle-refused', often(string, known('numpy', 'dtype'), assemble('h\x01h\0\x85R0'))],
    ['many arguments', 'pickle-refused', often(tuple, known('copyreg', '__newobj__'), assemble('h\x01h\0R0'))],
    ['copies of a list', 'limit-exceeded', often(list, known('builtins', 'set'), assemble('h\x01h\0\x85R0'))],
    [
      'long scalars',
      'limit-exceeded',
      often(
        short,
        assemble(known('numpy._core.multiarray', 'scalar'), named('numpy', 'dtype'), text('S65536'), '\x85R\x940'),
        assemble('h\x01h\x02h\0\x86R0'),
      ),
    ],
    ['instances with many arguments', 'limit-exceeded', often(tuple, known('_io', 'BytesIO'), assemble('h\x01h\0R0'))],
  ])('that grows with what is shared is refused in time: %s', (_, code, bytes) => {
    const start = performance.now();
    expect(refusal(bytes).code).toBe(code);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

it('finds an attack that was put into an honest file', () => {
  const honest = fixture('standard.pkl');
  const attacked = assemble(honest.subarray(0, -1), '0cos\nsystem\n(S"id"\ntR.');
  expect(names(attacked)).toEqual(['os.system']);
});
