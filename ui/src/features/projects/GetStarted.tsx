import { FlaskConical } from "lucide-react";
import { Button } from "@/components/Button";
import { Problem } from "@/components/Form";
import { ConnectGuide } from "@/entities/connect/ConnectGuide";
import { useDemo } from "@/features/projects/demo/useDemo";
import { useArrivals } from "@/features/projects/useArrivals";
import styles from "./Projects.module.css";

/** For the first minutes: it becomes the live project when the first trace arrives. */
export function GetStarted({ onProjectOpen }: { onProjectOpen: (id: string) => void }) {
  const demo = useDemo(onProjectOpen);
  const latest = useArrivals({ pause: demo.isBusy, onFirst: onProjectOpen });
  return (
    <div className={styles.page}>
      <div className={styles.start}>
        <h1>Send your first trace</h1>
        <p>
          Cairn records what your LLM application does: every call, tool and step, with what went in and what came out.
          A few lines are enough.
        </p>
        <ConnectGuide />
        {latest ? (
          <p role="status" className={styles.waiting}>
            A trace has arrived in {latest.name}.
            <Button onPress={() => onProjectOpen(latest.id)}>Open {latest.name}</Button>
          </p>
        ) : (
          <p role="status" className={styles.waiting}>
            Waiting for the first trace. This page becomes the live project when it arrives.
          </p>
        )}
        <section aria-label="Demo project" className={styles.demo}>
          <div>
            <h2>Nothing to send yet?</h2>
            <p>
              A shop assistant with tools, documents, a failed payment, scores and costs, recorded in a project of its
              own.
            </p>
          </div>
          <Button isDisabled={demo.isBusy} onPress={demo.open}>
            <FlaskConical aria-hidden /> {demo.isBusy ? "Recording…" : "Open a demo project"}
          </Button>
          <Problem text={demo.problem} />
        </section>
      </div>
    </div>
  );
}
