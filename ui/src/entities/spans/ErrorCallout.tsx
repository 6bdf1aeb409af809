import { CircleAlert } from "lucide-react";
import { CopyButton } from "@/components/CopyButton";
import { Scrollable } from "@/components/Scrollable";
import { type FragmentType, graphql, readFragment } from "@/gql";
import styles from "./ErrorCallout.module.css";

export const ErrorCalloutFragment = graphql(`
  fragment ErrorCallout on ErrorInfo {
    exceptionType
    message
    traceback
  }
`);

export function ErrorCallout(props: { error: FragmentType<typeof ErrorCalloutFragment> }) {
  const error = readFragment(ErrorCalloutFragment, props.error);
  return (
    <section className={styles.callout} aria-label="Error">
      <header className={styles.head}>
        <CircleAlert aria-hidden />
        <div>
          <strong>{error.exceptionType}</strong>
          {error.message && <p>{error.message}</p>}
        </div>
        <CopyButton label="Copy traceback" text={error.traceback} />
      </header>
      {error.traceback && (
        <Scrollable label="Traceback" className={styles.traceback}>
          <pre>{error.traceback}</pre>
        </Scrollable>
      )}
    </section>
  );
}
