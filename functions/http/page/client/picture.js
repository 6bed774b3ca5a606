/** Sent as they are; anything else (HEIC above all) is redrawn as JPEG by the browser, where it can. */
const UNDERSTOOD = ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif', 'image/tiff'];
/** API Gateway hands a function 6 MB, in which a binary body is a third larger: 4.5 MB. Below this, send the original. */
const SEND_AS_IS = 3_500_000;
/** Models look at a few hundred pixels; this keeps the detail that cropping needs. */
const LONGEST_SIDE = 2048;

/** The bytes to send: the file itself where it is small and understood, a JPEG drawn by this browser where not. @param {File} file */
export async function prepare(file) {
  if (file.size === 0) throw { title: 'This file is empty', detail: 'Choose another picture.' };
  const understood = UNDERSTOOD.includes(file.type);
  if (understood && file.size <= SEND_AS_IS) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const blob = await toJpeg(bitmap, bitmap.width, bitmap.height);
    bitmap.close();
    return blob;
  } catch {
    if (understood) return file;
    throw {
      title: 'This is not a picture that can be read',
      detail: 'Choose a JPEG, PNG, WebP, GIF, AVIF or TIFF picture.',
    };
  }
}

/** @param {CanvasImageSource} source @param {number} width @param {number} height @param {number} [most] pixels of the longer side */
export async function toJpeg(source, width, height, most = LONGEST_SIDE) {
  const scale = Math.min(1, most / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('no canvas');
  // JPEG has no transparency; the service lays pictures on white too.
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  /** @type {Blob | null} */
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92));
  if (!blob) throw new Error('no blob');
  return blob;
}
