import { onnxBackend } from '../../../../scripts/train/backends/onnx.ts';
import { backendContract } from './contract.ts';

backendContract('onnx', onnxBackend);
