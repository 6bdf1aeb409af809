const LABEL_CHARS = 16;

/** A name as it fits beside a mark of an axis. */
export const shortened = (text: string) => (text.length > LABEL_CHARS ? `${text.slice(0, LABEL_CHARS - 1)}…` : text);
