import type { Violation } from '../compatibility/violation.ts';
import type { ContentNode } from './content-model.ts';

/** Whether a value that `writer` admits is always admitted by `reader`: no violation means yes. */
export type ContentJudge = (reader: ContentNode, writer: ContentNode) => readonly Violation[];
