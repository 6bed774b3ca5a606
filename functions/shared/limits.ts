/** A Lambda function is invoked with at most 6 MB; a binary body arrives as base64, so 4.5 MB of picture fit in it. */
export const MAX_REQUEST_BYTES = 6 * 1024 * 1024;

/** What Lambda takes from a function: its own message gives 100 bytes more than for the request. */
export const MAX_ANSWER_BYTES = MAX_REQUEST_BYTES + 100;

/** What a load balancer takes from a function: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html */
export const MAX_BALANCED_BYTES = 1024 * 1024;

/** The largest S3 object that is read as a picture: about the size of a JPEG with `MAX_PIXELS`, 50 million. */
export const MAX_OBJECT_BYTES = 32 * 1024 * 1024;

/** Pictures in one request. At 6 MB for all of them more would be thumbnails, and one request would keep others waiting. */
export const MAX_PICTURES = 64;
