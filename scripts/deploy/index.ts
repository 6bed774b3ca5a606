export { costsText } from './costs.ts';
export { type Deployed, deploy, type Plan, plan } from './deploy.ts';
