import { fromBinary } from '@bufbuild/protobuf';
import { ImportError } from '#guards';
import { type ModelProto, ModelProtoSchema } from '../schema/onnx_pb.ts';

/** A protobuf message ends at 2 GB, and so does an ONNX file without external data. */
export const MAX_ONNX_BYTES = 2 ** 31 - 1;

/** Bytes that `looksLikeOnnx` wants to see. */
export const ONNX_HEAD_BYTES = 16;

/** The tags that may follow `ir_version` in a ModelProto: fields 2 to 8, 14, 20, 25 and 26 with their wire types. */
const NEXT_TAGS = new Set([0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72, 0xa2, 0xca, 0xd2]);
/** One byte holds every version that has been given (13 in 2025). */
const MAX_IR_VERSION = 0x40;

/** ONNX has no magic number: every writer begins with field 1, `ir_version`, a small number, and another known field. */
export function looksLikeOnnx(head: Uint8Array): boolean {
  const [tag, version = 0, next = 0] = head;
  return tag === 0x08 && version > 0 && version < MAX_IR_VERSION && NEXT_TAGS.has(next);
}

/**
 * Parses an ONNX file.
 * @throws ImportError `limit-exceeded` from 2 GB on, `file-damaged`
 */
export function parseOnnx(bytes: Uint8Array): ModelProto {
  if (bytes.byteLength > MAX_ONNX_BYTES) {
    throw new ImportError(
      'limit-exceeded',
      `The ONNX file has ${bytes.byteLength} bytes; 2 GB is the most that one has`,
    );
  }
  let model: ModelProto;
  try {
    model = fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ImportError('file-damaged', `The ONNX file cannot be parsed: ${reason}`, {
      cause,
      remedy: 'The file is cut short or damaged: download or export it again.',
    });
  }
  if (!model.graph || model.graph.node.length === 0) {
    throw new ImportError('file-damaged', 'The ONNX file holds no graph', {
      remedy: 'The file is cut short, or it is not an ONNX model.',
    });
  }
  return model;
}
