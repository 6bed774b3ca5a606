import { Refusal } from '../../aws/dynamo.ts';
import type { FakeAws } from '../../aws/fake-aws.ts';

interface Parameter {
  Name: string;
  Type: string;
  Value: string;
}

/** Adds Parameter Store to the fake AWS, in pages of ten as the real one has them. @returns what is kept, by name. */
export function fakeParameters(aws: FakeAws): Map<string, Parameter> {
  const parameters = new Map<string, Parameter>();
  aws.more.set('AmazonSSM', (operation, input) => {
    if (operation === 'PutParameter') {
      const { Name, Type, Value, Overwrite } = input as unknown as Parameter & { Overwrite?: boolean };
      if (parameters.has(Name) && !Overwrite) throw new Refusal('ParameterAlreadyExists');
      parameters.set(Name, { Name, Type, Value });
      return { Version: 1 };
    }
    if (operation !== 'GetParametersByPath') throw new Refusal('UnknownOperationException');
    const {
      Path,
      NextToken = '0',
      WithDecryption,
    } = input as { Path: string; NextToken?: string; WithDecryption?: boolean };
    const below = [...parameters.values()].filter(({ Name }) => Name.slice(0, Name.lastIndexOf('/')) === Path);
    const from = Number(NextToken);
    const page = below
      .slice(from, from + 10)
      .map((one) => (WithDecryption || one.Type !== 'SecureString' ? one : { ...one, Value: 'AQICAHh...' }));
    return { Parameters: page, ...(below.length > from + 10 ? { NextToken: String(from + 10) } : {}) };
  });
  return parameters;
}
