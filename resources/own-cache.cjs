// The framework keeps what it compiles of its schema in the user's home; here it is kept with the project, in .serverless/.

class OwnCache {
  constructor(serverless) {
    process.env.SLS_SCHEMA_CACHE_BASE_DIR ??= serverless.serviceDir;
  }
}

module.exports = OwnCache;
