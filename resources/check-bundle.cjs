// Stops before anything is deployed that could not start: nothing was bundled, or for the other processor.

const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

class CheckBundle {
  constructor(serverless) {
    this.hooks = {
      'before:package:initialize': () => {
        const { architecture } = serverless.service.provider;
        const word = architecture === 'arm64' ? 'arm64' : 'x64';
        const bundle = read(join(serverless.serviceDir, 'build', 'bundle.json'));
        const remedy = `Run npx freezeframe bundle --arch ${word} first.`;
        if (!bundle) throw new serverless.classes.Error(`Nothing has been bundled yet. ${remedy}`, 'NOT_BUNDLED');
        if (existsSync(join(serverless.serviceDir, 'build', '.unfinished'))) {
          const message = `The last bundle was ended half-way: parts of two lie there. ${remedy}`;
          throw new serverless.classes.Error(message, 'BUNDLE_UNFINISHED');
        }
        const made = `${bundle.platform}-${bundle.architecture}`;
        if (made === `linux-${architecture}`) return;
        const message = `The bundle was made for ${made}, the functions are linux-${architecture}. ${remedy}`;
        throw new serverless.classes.Error(message, 'OTHER_PROCESSOR');
      },
    };
  }
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

module.exports = CheckBundle;
