import { pageRoutes } from '../page.ts';
import type { Route } from '../route.ts';
import { classifyRoutes } from './classify.ts';
import { errorsRoutes } from './errors.ts';
import { healthRoutes } from './health.ts';
import { invocationsRoutes } from './invocations.ts';
import { modelsRoutes } from './models.ts';
import { oipRoutes } from './oip/routes.ts';
import { openapiRoute } from './openapi.ts';
import { resultsRoutes } from './results.ts';
import { tfsRoutes } from './tfs/routes.ts';
import { uploadsRoutes } from './uploads.ts';

/** Everything that is answered; the router and the OpenAPI document are both made of this. */
export const ROUTES: readonly Route[] = [
  ...pageRoutes,
  ...errorsRoutes,
  ...healthRoutes,
  ...modelsRoutes,
  ...classifyRoutes,
  ...uploadsRoutes,
  ...resultsRoutes,
  ...oipRoutes,
  ...tfsRoutes,
  ...invocationsRoutes,
  openapiRoute(() => ROUTES),
];
