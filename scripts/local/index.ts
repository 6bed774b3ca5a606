export { defaultAuth, type LocalAuthMode, startLocalAuth } from './auth.ts';
export { describeResult, type UploadReport, uploadLine } from './aws/uploads.ts';
export { type LocalGateway, startLocalGateway, uploadFolders } from './gateway.ts';
export { toEvent } from './http/event.ts';
export { requestLine } from './http/front.ts';
export { choosePort, untilSignal } from './listening.ts';
export { builtFunction, childEnvironment, type FunctionSettings } from './runtime/child-environment.ts';
export { Environment, nodeProgram, type Program, WITH_PARENT } from './runtime/environment.ts';
export { copyOfBuild } from './serving.ts';
