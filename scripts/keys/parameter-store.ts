import { type KeyRecord, readRecord } from '#functions';
import { askAws, clientOptions, serviceName } from '#stack';
import type { KeyStore } from './keys.ts';

/** Where the stack of a stage looks for its keys. */
export function keysPath(stage = 'dev'): string {
  return `/${serviceName()}/${stage}/keys`;
}

/**
 * Keys as SecureString parameters below a path, one each: `<path>/<id>`.
 * @throws FreezeframeError `aws-refused`, `region-missing`.
 */
export async function parameterStore(path: string, region?: string): Promise<KeyStore> {
  const { SSMClient, PutParameterCommand, paginateGetParametersByPath } = await import('@aws-sdk/client-ssm');
  const client = new SSMClient(clientOptions(region));
  const readAll = async () => {
    const records: KeyRecord[] = [];
    for await (const page of paginateGetParametersByPath({ client }, { Path: path, WithDecryption: true })) {
      for (const { Value } of page.Parameters ?? []) {
        const record = readRecord(Value);
        if (record) records.push(record);
      }
    }
    return records.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  };
  return {
    place: path,
    list: () => askAws(`The keys below ${path} cannot be read`, readAll()),
    put: async (record) => {
      const command = new PutParameterCommand({
        Name: `${path}/${record.id}`,
        Type: 'SecureString',
        Value: JSON.stringify(record),
        Description: `Key of the Freezeframe API: ${record.name}`,
        Overwrite: true,
      });
      await askAws(`The key cannot be kept below ${path}`, client.send(command));
    },
  };
}
