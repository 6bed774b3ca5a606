// What the framework brings: packages of others may not see it from here.

const { realpathSync } = require('node:fs');
const { createRequire } = require('node:module');

/** Finds packages, and files of the framework's own, as its program does. */
const fromFramework = createRequire(realpathSync(process.argv[1] ?? __filename));

/** @param config of AWS's clients, as the framework makes it. A local AWS has a bucket's name in the path. */
function s3Client(config) {
  const { S3Client } = fromFramework('@aws-sdk/client-s3');
  return new S3Client({ ...config, forcePathStyle: Boolean(config.endpoint ?? process.env.AWS_ENDPOINT_URL) });
}

module.exports = { fromFramework, s3Client };
