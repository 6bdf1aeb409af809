import { ConnectGuide } from "@/entities/connect/ConnectGuide";
import styles from "./Projects.module.css";

/** For the first minutes; with `isWaiting` it gives way to the list when the first project arrives. */
export function GetStarted({ isWaiting }: { isWaiting: boolean }) {
  return (
    <div className={styles.page}>
      <div className={styles.start}>
        <h1>Send your first trace</h1>
        <p>
          Cairn records what your LLM application does: every call, tool and step, with what went in and what came out.
          A few lines are enough.
        </p>
        <ConnectGuide />
        {isWaiting && (
          <p role="status" className={styles.waiting}>
            Waiting for the first trace. This page becomes your list of projects when it arrives.
          </p>
        )}
      </div>
    </div>
  );
}
