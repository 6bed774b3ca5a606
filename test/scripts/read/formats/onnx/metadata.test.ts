import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { StringStringEntryProtoSchema } from '../../../../../scripts/onnx/schema/onnx_pb.ts';
import { namesInMetadata } from '../../../../../scripts/read/formats/onnx/metadata.ts';
import { onnxReader } from '../../../../../scripts/read/formats/onnx/reader.ts';
import { changed, pictureModel } from '../../../onnx/models.ts';
import { memorySource } from '../../memory-source.ts';

const metadata = (entries: Record<string, string>) => Object.entries(entries).map(([key, value]) => ({ key, value }));
const ULTRALYTICS = { description: 'Ultralytics YOLO11n-cls model trained on photos', task: 'classify' };

describe('namesInMetadata', () => {
  it.each([
    ['names', `{0: 'cat', 1: "bee's", 2: 'say "x": 3'}`, ['cat', "bee's", 'say "x": 3']],
    ['names', `{1: 'b', 0: 'a'}`, ['a', 'b']],
    ['names', `['a, b', 'c']`, ['a, b', 'c']],
    ['class_names', `['it\\'s', '\\xe9t\\u00e9', 'a\\\\b']`, ["it's", 'été', 'a\\b']],
    ['labels', `["a", "d\\u0027e"]`, ['a', "d'e"]],
    ['id2label', `{"0": "cat", "1": "dog"}`, ['cat', 'dog']],
  ])('reads %s %s', (key, value, names) => {
    const { labels, notes } = namesInMetadata(metadata({ stride: '1', [key]: value }));
    expect(labels).toEqual(names);
    expect(notes).toEqual([`Class names from ${key} of its metadata.`]);
  });

  it('says which names it cannot read', () => {
    for (const value of [`{0: 'a'`, '{0: 3}', `['a', 'b\\n']`.replace('b', 'b\\nb'), `{0: 'a', 5: 'b'}`, `['a`]) {
      const { labels, notes } = namesInMetadata(metadata({ names: value }));
      expect(labels).toBeUndefined();
      expect(notes?.join()).toMatch(/^No class names were read: .*names of its metadata/);
    }
  });

  it('passes over what is no list', () => {
    expect(namesInMetadata(metadata({ labels: 'see the paper', author: '[a]' }))).toEqual({ notes: [] });
  });
});

describe('onnxReader', () => {
  it('takes names and preparation from the metadata', async () => {
    const names = "{0: 'a', 1: 'b', 2: 'c', 3: 'd'}";
    const onnx = changed(pictureModel(), (model) => {
      model.metadataProps = metadata({ ...ULTRALYTICS, names }).map((one) => create(StringStringEntryProtoSchema, one));
    });
    const { labels, hints, notes } = await onnxReader.read(memorySource({ 'best.onnx': onnx }, 'file'));
    expect(labels).toEqual(['a', 'b', 'c', 'd']);
    expect(hints).toMatchObject({ resize: 'cover' });
    expect(notes).toEqual(['Class names from names of its metadata.']);
  });

  it('needs no metadata', async () => {
    const read = await onnxReader.read(memorySource({ 'best.onnx': pictureModel() }, 'file'));
    expect(read).not.toHaveProperty('labels');
    expect(read).not.toHaveProperty('hints');
    expect(read.notes).toEqual([]);
  });
});
