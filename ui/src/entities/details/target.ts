/** What people can judge and write about. */
export type Target = { kind: "TRACE" | "SPAN" | "THREAD"; id: string };

/** What it is called in a sentence. */
export const nounOf = ({ kind }: Target): string => kind.toLowerCase();
