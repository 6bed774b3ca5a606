import { isDeepStrictEqual } from 'node:util';
import { askAws, clientOptions } from '#stack';
import type { Template } from './costs.ts';

/** Logical ids, sorted. */
export interface Changes {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** How a template differs from the one that is deployed. */
export function changesOf(template: Template, deployed: Template = { Resources: {} }): Changes {
  const [now, before] = [template.Resources, deployed.Resources];
  const ids = [...new Set([...Object.keys(now), ...Object.keys(before)])].sort();
  return {
    added: ids.filter((id) => !before[id]),
    changed: ids.filter((id) => now[id] && before[id] && !isDeepStrictEqual(now[id], before[id])),
    removed: ids.filter((id) => !now[id]),
  };
}

/** The template of a stack that is there. @throws FreezeframeError `aws-refused`. */
export async function deployedTemplate(stack: string, region: string): Promise<Template> {
  const { CloudFormationClient, GetTemplateCommand } = await import('@aws-sdk/client-cloudformation');
  const asked = new CloudFormationClient(clientOptions(region)).send(new GetTemplateCommand({ StackName: stack }));
  const { TemplateBody = '{"Resources":{}}' } = await askAws(`The template of ${stack} cannot be read`, asked);
  return JSON.parse(TemplateBody) as Template;
}
