import type { NodeProto } from '#onnx';

const found = ({ attribute }: NodeProto, wanted: string) => attribute.find(({ name }) => name === wanted);

export function integers(node: NodeProto, name: string): number[] | undefined {
  return found(node, name)?.ints.map(Number);
}

export function whole(node: NodeProto, name: string, otherwise: number): number {
  const one = found(node, name);
  return one ? Number(one.i) : otherwise;
}

export function real(node: NodeProto, name: string, otherwise: number): number {
  return found(node, name)?.f ?? otherwise;
}

export function text(node: NodeProto, name: string): string | undefined {
  const one = found(node, name);
  return one && new TextDecoder().decode(one.s);
}
