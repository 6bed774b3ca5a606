import { hex, vary } from '../colour.ts';
import { ellipse, polygon, smooth } from '../shapes.ts';
import type { Subject } from './subject.ts';

/** A traffic cone: pointed and red-orange like a gnome's hat, with nobody under it. */
export const cone: Subject = {
  name: 'cone',
  width: 0.75,
  tall: 0.85,
  draw(pen, random) {
    const orange = vary(random.chance(0.75) ? hex('#f0591e') : hex('#d62f24'), random, 10);
    const base = random.chance(0.6) ? orange : hex('#2b2b2e');
    const [foot, top] = [random.between(0.23, 0.29), 0.045];
    const half = (y: number) => foot + ((top - foot) * (y - 0.07)) / 0.93;
    pen.solid(smooth([-0.37, 0.02], [-0.3, -0.02], [0.3, -0.02], [0.37, 0.02], [0.33, 0.08], [-0.33, 0.08]), base);
    pen.solid(polygon([-half(0.07), 0.06], [-top, 0.985], [top, 0.985], [half(0.07), 0.06]), orange, 0.5);
    const bands = random.integer(1, 2);
    for (let band = 0; band < bands; band++) {
      const low = bands === 1 ? random.between(0.4, 0.52) : 0.32 + band * 0.32;
      const high = low + random.between(0.14, 0.2);
      pen.solid(
        polygon([-half(low), low], [-half(high), high], [half(high), high], [half(low), low]),
        hex('#f3f3ee'),
        0.35,
      );
    }
    pen.fill(ellipse(0, 0.985, top, 0.014), hex('#4a1c0d'));
  },
};
