/**
 * Every code that a `FreezeframeError` may have: what happened, and where it helps, what to do. Only its type is used at run
 * time, so it is in no bundle. `docs/errors.md` is written from it.
 */
export const ERROR_CODES = {
  // Requests and events: answered as problem documents (`problem.ts` has their statuses).
  'request-invalid':
    'A field of the request, the event or the message is missing, unknown or wrong. The detail names it.',
  'request-malformed': 'Method, address or headers break the rules of HTTP.',
  'json-invalid': 'The body or the message is not JSON.',
  'key-invalid': 'The object key in an S3 notification is not URL-encoded, as S3 writes it.',
  'top-k-invalid': '`top_k` is not a whole number from 1.',
  'threshold-invalid': '`threshold` is not a number from 0 to 1.',
  'picture-empty': 'There are no bytes where a picture should be. Send the bytes as they are in the file.',
  'key-missing':
    'The request carries no key. Send `authorization: Bearer ff_...`; `freezeframe keys create` makes a key.',
  'key-refused': 'The key is unknown, has expired or was revoked.',
  'token-missing': 'The request carries no token that was verified, or is not signed.',
  'scope-missing': 'The key or the token is valid, but not for this.',
  'bucket-not-allowed': 'The bucket is not in `ALLOWED_BUCKETS`. Send the picture itself, or have the bucket added.',
  'object-denied': 'The object or the file may not be read. Check the rights of the function or the user.',
  'not-found': 'There is nothing at this address, or no file at this path.',
  'feature-off': 'This stack was set up without what the route needs. The remedy names the setting.',
  'result-absent': 'No upload has this id. `POST /uploads` gives ids.',
  'object-absent': 'The S3 object, its bucket or the file does not exist (any more).',
  'model-not-found':
    'There is no model, version or label of this name. `GET /models` or `freezeframe models list` has them.',
  'method-not-allowed': 'The address takes other methods. The header `allow` names them.',
  'result-gone': 'The result was kept for its time, or the upload never came. Upload the picture again.',
  'request-too-large':
    'The body or the tensors are larger than one request may be. `POST /uploads` takes larger pictures.',
  'object-too-large': 'The S3 object is larger than what is read as a picture.',
  'picture-too-large': 'The picture has more bytes or more pixels than are decoded. Send a smaller one.',
  'media-type-unsupported': 'The `content-type` is missing or is none that this address takes.',
  'encoding-unsupported': 'The `content-encoding` is neither gzip nor deflate.',
  'picture-type-unsupported':
    'The bytes are no JPEG, PNG, WebP, GIF, AVIF or TIFF. Convert the picture to JPEG or PNG.',
  'picture-truncated': 'The picture ends before it is complete. Send the whole file again.',
  'picture-unreadable': 'The picture is damaged. Save it again with another program and send that.',
  'picture-not-taken': 'The model takes tensors. Ask it with an Open Inference Protocol v2 request.',
  'task-has-no-result':
    'The model answers tensors without labels or units. Ask it with an Open Inference Protocol v2 request.',
  'tensor-missing': 'An input of the model has no tensor in the request.',
  'tensor-unknown': 'The request names an input or a feature that the model does not have.',
  'tensor-datatype': 'The tensor is of another datatype than the input.',
  'tensor-shape': 'The tensor has another shape than the input, or the batches of two inputs differ.',
  'tensor-length': 'There are more or fewer values, or bytes, than the shape of the tensor says.',
  'tensor-value': 'A value cannot be held in the datatype of its tensor without loss.',
  'output-unknown': 'The request asks for an output that the model does not have.',
  internal: 'Something failed that nobody foresaw. The log of the function has the reason.',
  'model-run-failed': 'The run of the model failed in onnxruntime. Check the free axes of the request.',
  'model-output-invalid': 'The model answered NaN, infinity or no probabilities. Check its weights and its manifest.',
  'auth-unavailable':
    'Callers cannot be checked: `API_AUTH` or `API_KEYS_PATH` is wrong, or Parameter Store cannot be read.',
  'service-busy': 'AWS answers too slowly or not at all. Ask again a little later.',
  'time-short':
    'The invocation has too little time left to begin the next picture. Step Functions tries the batch again.',
  'model-closed': 'The model was closed before it was run.',
  'model-unavailable': 'The default model is not loaded. The log of the function has the reason.',
  'models-missing':
    'The models folder has no readable `index.json`. Set `MODELS_DIR`, or make one: `freezeframe bundle`.',
  'manifest-unreadable': 'The model folder has no readable `manifest.json`. Bundle or freeze the model again.',
  'manifest-invalid': 'Fields of the manifest are missing or wrong. The message names each.',
  'manifest-version': 'The manifest is of a newer format than this version reads. Update Freezeframe.',
  'manifest-mismatch': 'The manifest describes other inputs or outputs than the graph has. Freeze the model again.',
  'model-file-missing': 'The model folder has no readable `model.onnx`. Bundle or freeze the model again.',
  'model-corrupt': '`model.onnx` is not the file that the manifest names. Bundle or freeze the model again.',
  'model-unreadable': 'The file is no ONNX graph that onnxruntime can run.',
  'model-datatype': 'An input or output of the graph is no tensor of numbers or booleans.',
  'engine-unavailable': 'The native binary of onnxruntime cannot be loaded. Install or bundle for this processor.',
  'decoder-unavailable': 'The native binary of sharp cannot be loaded. Install or bundle for this processor.',

  // Reading a model that exists.
  'format-unknown': 'Nothing here reads what was found, or several models were found where one was meant.',
  'file-damaged': 'The file says that it is of a format, and breaks the rules of that format.',
  'file-hostile': 'The file does what only a file made to harm does: it escapes its folder or expands without end.',
  'limit-exceeded': 'The file is larger, deeper or longer than the stated limit.',
  'weights-only': 'The file holds weights without the model that they belong to. Import the model as a whole.',
  'bad-weights': 'The weights do not fit the layers.',
  'nonfinite-weights': 'Weights are NaN or infinite. The model was saved after its training failed.',
  'pickle-refused': 'The pickle calls what is not on the list of known callables. Nothing of it was run.',
  'custom-object': 'The model has custom, `Lambda` or subclassed layers, whose Python code is not in the file.',
  'unsupported-layer': 'The model has layers or operators that are not converted. `docs/layers.md` has those that are.',
  'option-mismatch': 'An option does not fit the model.',

  // Freezing and verifying.
  'bad-topology': 'A layer is called in a way that Keras does not allow.',
  'freeze-mismatch': 'What is frozen with the model (labels, input) does not fit it.',
  'reference-unsupported': 'The reference evaluator does not know a part of the model, so nothing can be verified.',
  'verification-failed': 'The frozen graph does not answer as the model does. Nothing was kept; please report it.',

  // Training.
  'backend-unavailable': 'The backend that was chosen cannot be loaded. Install it, or leave the choice out.',
  'checkpoint-damaged': 'The checkpoint is not what was written. Train from the start.',
  'checkpoint-mismatch': 'The checkpoint is of another training than the one that is asked for.',
  interrupted: 'Training was stopped. The same command continues it after the last whole epoch.',
  'trained-damaged': 'The trained model cannot be read. Train it again.',
  'trained-not-found': 'There is no trained model of this name.',
  'training-diverged': 'The loss became NaN or infinite. Use a smaller learning rate.',
  'training-failed': 'The process that trained ended without an answer. What it printed has the reason.',
  'training-in-progress': 'Another process trains a model of this name.',
  'unsupported-initializer': 'The model names an initializer that is not known.',
  'unsupported-training': 'A part of the model has no gradient here, or its last activation fits no loss.',
  'weights-mismatch': 'The weights to begin with have other shapes than the layers.',

  // Data sets and evaluation.
  'csv-invalid': 'The table is empty, has no usable header or is not CSV.',
  'dataset-changed': 'The data set is not the one that the model was trained on.',
  'dataset-not-found': 'There is no data set of this name, and no folder or table at this path.',
  'dataset-unusable': 'The data set is too small, has one class only or has no readable items.',
  'download-failed': 'A file could not be downloaded from any of its addresses.',
  'evaluation-failed': 'An example could not be answered, so there is no score.',
  'examples-empty': 'There are no labelled pictures at this path.',
  'examples-not-found': 'There is no file or folder at this path.',
  'idx-invalid': 'A file of MNIST is not in the IDX format, or the files do not fit each other.',
  'labels-not-valid': 'The list of labels is not valid CSV or lacks a value.',
  'labels-unknown': 'Examples have labels that the model does not have.',
  'mnist-damaged': 'A file of MNIST is not the published one. Remove it and run the command again.',
  'mnist-missing': '`MNIST_DIR` lacks one of the four files of MNIST.',
  'task-not-classification': 'Only models that classify can be evaluated on labelled pictures.',

  // The store.
  'digest-ambiguous': 'Several versions begin with this digest. Write more of it.',
  'model-damaged': 'A version in the store is not what was saved. Freeze or import the model again.',
  'name-not-valid': 'The name cannot be the name of a folder.',
  'production-version': 'The version is in production and is not removed. Put another one into production first.',
  'reference-not-valid': 'The text names no model: `NAME`, `NAME@3`, `NAME@latest`, `NAME@TAG` or `NAME@DIGEST` does.',
  'store-not-writable': 'The store cannot be written. Set `FREEZEFRAME_STORE` to another folder.',
  'tag-not-found': 'The model has no version with this tag.',
  'tag-not-valid': 'The text cannot be a tag.',
  'version-not-found': 'The model has no such version.',

  // Bundling.
  'broken-archive': 'A package archive from the registry is damaged.',
  'bundle-failed': 'A function cannot be bundled. `npm run types` says more.',
  'bundle-too-large': 'The bundle is larger than Lambda takes. The message names the largest part.',
  'fetch-failed': 'A native package could not be fetched from the registry.',
  'integrity-failed': 'What the registry sent is not what `package-lock.json` expects.',
  'layer-list-outdated': 'A package of the layer no longer has a file that the list of the layer names.',
  'no-models': 'There is no model to bundle. Train or import one first.',
  'not-in-lock': '`package-lock.json` has no entry for a package, so it cannot be checked.',
  'package-not-installed': 'A package of the layer is not installed. Run `npm ci`.',

  // The local gateway and the first start.
  'function-not-started': 'The bundled function does not start. The message has its reason.',
  'not-answered': 'The gateway did not answer the picture or the upload of the trial.',
  'not-built': 'Nothing has been built yet. Run `freezeframe bundle`.',
  'port-in-use': 'Another program listens on this port. Choose another one with `--port`.',
  'port-refused': 'This user may not listen on this port. Choose one above 1023 with `--port`.',

  // A deployed stack.
  'aws-refused': 'AWS refused a call, or the credentials are missing. The message has its reason.',
  'key-ambiguous': 'Several keys have this name. Name one by its id.',
  'key-exists': 'There is a key of this name already.',
  'key-not-found': 'There is no key of this name or id.',
  'keys-unreadable': 'The file of keys is not a list of keys.',
  'message-not-found': 'The message is not in the dead-letter queue (any more).',
  'not-confirmed': 'The question was not answered with yes, so nothing was done.',
  'region-missing': 'No region was given. Set `AWS_REGION` or use `--region`.',
  'stack-not-found': 'There is no stack of this name in this account and region.',
  'stack-outdated': 'The stack lacks what the command needs. Deploy it again.',

  // The command line.
  'system-refused': 'The operating system refused a file, a folder or a process.',
  'used-wrongly': 'The arguments do not go together. `--help` shows how the command is used.',
} as const satisfies Readonly<Record<string, string>>;
