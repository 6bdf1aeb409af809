import type { Failure } from "@/lib/failure";
import styles from "./Logs.module.css";

type QueryErrorProps = { id: string; text: string; failure: Failure };

/** What the server says about the text of a search or a filter, and the place it speaks of. */
export function QueryError({ id, text, failure }: QueryErrorProps) {
  const characters = [...text];
  const { at, length } = failure.place ?? { at: characters.length, length: 0 };
  const end = length > 0 ? at + length : characters.length;
  return (
    <div id={id} role="alert" className={styles.message}>
      <span>{failure.message}</span>
      {failure.place && <span>{at < characters.length ? `at character ${at + 1}` : "at the end"}</span>}
      {at < characters.length && (
        <code>
          {characters.slice(0, at).join("")}
          <u>{characters.slice(at, end).join("")}</u>
          {characters.slice(end).join("")}
        </code>
      )}
    </div>
  );
}
