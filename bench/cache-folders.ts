import { homedir } from 'node:os';
import path from 'node:path';

/** Where the parts of the stack are kept once they are fetched. */
export const cacheDir = process.env['HEADWATER_CACHE_DIR'] ?? path.join(homedir(), '.cache', 'headwater');
/** Where the rivals are kept once they are installed. */
export const rivalsDir = path.join(homedir(), '.cache', 'headwater-bench');
