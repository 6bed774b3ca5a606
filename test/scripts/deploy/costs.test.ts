import { describe, expect, it } from 'vitest';
import { changesOf } from '../../../scripts/deploy/changes.ts';
import { costsOf, costsText } from '../../../scripts/deploy/costs.ts';
import { packageStack } from '../../aws/package-stack.ts';

const of = (...resources: [type: string, properties?: Record<string, unknown>][]) =>
  costsOf({
    Resources: Object.fromEntries(resources.map(([Type, Properties = {}], i) => [`R${i}`, { Type, Properties }])),
  });

describe('what a stack costs to keep', () => {
  it('knows every type of ours, of which none is billed by the hour', async () => {
    const { template } = await packageStack();
    const costs = costsOf(template as never, 500e6);
    expect([costs.unknown, costs.hourly]).toEqual([[], []]);
    const count = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm').length;
    const row = (what: string) => costs.rows.find((one) => one.what === what);
    expect(row('alarms')).toMatchObject({ count, idle: expect.closeTo(count / 10) });
    // Two queues, five long polls of 20 s each: 1,296,000 requests in 30 days.
    expect(row('queues that Lambda asks')).toMatchObject({ count: 2, idle: expect.closeTo(0.5184), free: 0.4 });
    expect(row('buckets')?.idle).toBeCloseTo(0.0115);
    expect(costs.most).toBeCloseTo(count / 10 + 3 + 0.5184 + 0.0115);
    expect(costs.least).toBeCloseTo(count / 10 - 1 + 0.1184 + 0.0115);
    expect(costsText(costs)).toContain('Nothing is billed by the hour.');
  });

  it.each([
    ['AWS::WAFv2::WebACL', { Rules: [{}, {}] }, 7],
    ['AWS::EC2::NatGateway', {}, 32.85],
    ['AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }, 7.3],
  ])('%s is billed by the hour', (type, properties, dollars) => {
    const costs = of([type, properties]);
    expect([costs.hourly, costs.most, costs.unknown]).toEqual([['R0'], expect.closeTo(dollars), []]);
    expect(costsText(costs)).toContain('Billed by the hour: R0.');
  });

  it.each([
    ['AWS::Lambda::Alias', { ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 1 } }],
    ['AWS::Lambda::Version', { ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 1 } }],
    ['AWS::Lambda::EventSourceMapping', { ProvisionedPollerConfig: { MinimumPollers: 1 } }],
    ['AWS::DynamoDB::Table', { BillingMode: 'PROVISIONED' }],
  ])('%s with %j is billed by the hour', (type, properties) => {
    expect(of([type, properties]).hourly).toEqual(['R0']);
    expect(of([type, type.includes('Dynamo') ? { BillingMode: 'PAY_PER_REQUEST' } : {}]).hourly).toEqual([]);
  });

  it('does not count as nothing what it does not know', () => {
    const costs = of(['AWS::RDS::DBInstance'], ['AWS::DynamoDB::Table', { BillingMode: 'PROVISIONED' }]);
    expect(costs.unknown).toEqual(['AWS::DynamoDB::Table', 'AWS::RDS::DBInstance']);
    expect(costsText(costs)).toMatch(/^AWS::RDS::DBInstance +1 +\?/m);
    expect(costsText(costs)).toContain(
      'Not in the sum, as their price is not known here: AWS::DynamoDB::Table, AWS::RDS',
    );
  });
});

it('tells what a template changes', () => {
  const template = (...kinds: [string, number][]) => ({
    Resources: Object.fromEntries(kinds.map(([id, n]) => [id, { Type: 'T', Properties: { n } }])),
  });
  expect(changesOf(template(['a', 1], ['b', 2], ['c', 3]), template(['b', 2], ['c', 4], ['d', 5]))).toEqual({
    added: ['a'],
    changed: ['c'],
    removed: ['d'],
  });
  expect(changesOf(template(['a', 1])).added).toEqual(['a']);
});
