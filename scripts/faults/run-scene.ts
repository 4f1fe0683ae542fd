import type { Cell, CellResult } from './cell.ts';
import type { PlantedCase } from './planted-bugs.ts';
import { runCell } from './run-cell.ts';
import { runControlCell } from './run-control-cell.ts';
import { runOperateCell } from './run-operate-cell.ts';
import type { Track } from './track.ts';

/** Runs the cell in the scene its point belongs to. */
export function runScene(track: Track, cell: Cell, setting?: PlantedCase['setting']): Promise<CellResult> {
  if (/^(outbox|retention)\./.test(cell.point)) return runControlCell(track, cell);
  if (/^(backfill|swap|replay)\./.test(cell.point)) return runOperateCell(track, cell);
  return runCell(track, cell, setting === undefined ? {} : { setting });
}
