import { hex, vary } from '../colour.ts';
import { ellipse, mirrored, smooth } from '../shapes.ts';
import type { Subject } from './subject.ts';

/** One to three mushrooms, mostly the red one with white spots. */
export const toadstool: Subject = {
  name: 'toadstool',
  width: 0.9,
  tall: 0.75,
  draw(pen, random) {
    const red = random.chance(0.72);
    const companions = random.integer(0, 2);
    for (let index = companions; index >= 0; index--) {
      const size = index === 0 ? 1 : random.between(0.4, 0.62);
      const x = index === 0 ? 0 : random.between(0.24, 0.42) * (index === 1 ? 1 : -1);
      const one = pen.at(x, 0, size, random.between(-0.1, 0.1));
      const cap = vary(
        red ? hex('#cf2a22') : random.pick([hex('#9b6a3c'), hex('#d9b98a'), hex('#b9793f')]),
        random,
        12,
      );
      const stem = vary(hex('#f1e8d6'), random, 6);
      const [half, tall] = [random.between(0.34, 0.48), random.between(0.42, 0.56)];
      one.solid(smooth([-0.12, 0], [-0.085, 0.3], [-0.08, 0.6], [0.08, 0.6], [0.085, 0.3], [0.12, 0]), stem, 0.35);
      one.solid(smooth([-0.11, 0.46], [0, 0.42], [0.11, 0.46], [0.14, 0.39], [0, 0.35], [-0.14, 0.39]), stem, 0.25);
      one.fill(ellipse(0, 0.57, half * 0.9, 0.07), hex('#d8c8ac'));
      one.ball(
        smooth(
          ...mirrored(
            [-half, 0.56],
            [-half * 0.85, 0.56 + tall * 0.5],
            [-half * 0.4, 0.56 + tall * 0.84],
            [0, 0.55 + tall * 0.92],
          ),
          [0, 0.6],
        ),
        cap,
        0.5,
      );
      if (!red) continue;
      for (let spot = 0; spot < 9; spot++) {
        const across = random.between(-0.8, 0.8);
        const up = random.between(0.12, 0.8) * (1 - across * across * 0.7);
        const size = random.between(0.025, 0.058);
        one.fill(ellipse(across * half * 0.95, 0.57 + up * tall * 0.9, size, size * 0.75), hex('#f7f2e6'));
      }
    }
  },
};
