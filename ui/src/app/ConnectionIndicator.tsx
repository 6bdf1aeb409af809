import { useConnectionStatus } from "@/lib/connection";
import styles from "./Shell.module.css";

const WORDS = { connected: "Connected", connecting: "Connecting…", offline: "Offline, retrying" };

export function ConnectionIndicator() {
  const status = useConnectionStatus();
  return (
    <div
      role="status"
      className={styles.connection}
      data-status={status}
      title={WORDS[status]}
      aria-label={`Connection: ${WORDS[status]}`}
    >
      <span>{WORDS[status]}</span>
    </div>
  );
}
