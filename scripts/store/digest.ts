export { digestOf, sha256 } from '#functions/models';
