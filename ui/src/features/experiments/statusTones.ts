/** How conspicuous the status of an experiment is. */
export const STATUS_TONES = { RUNNING: "accent", COMPLETED: "plain", CANCELLED: "plain", FAILED: "danger" } as const;
