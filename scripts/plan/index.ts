export { readArrivals } from './arrivals/log.ts';
export { drawArrivals, PATTERN_NAMES, type PatternName } from './arrivals/patterns.ts';
export { parseFigures, readFigures } from './figures.ts';
export { makePlan, type Plan, type SizePlan } from './plan.ts';
export { LAMBDA_RULES } from './rules.ts';
export {
  dollars,
  hoursInWords,
  milliseconds,
  notesOf,
  recommendedSize,
  requestsInWords,
  sizeInWords,
  smallShare,
} from './words.ts';
