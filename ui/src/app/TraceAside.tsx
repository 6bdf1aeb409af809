import { Link, useParams } from "@tanstack/react-router";
import { Star } from "lucide-react";
import { useState } from "react";
import { Button, buttonClass } from "@/components/Button";
import { AddToDataset } from "@/features/datasets/AddToDataset";
import { Annotate } from "@/features/feedback/Annotate";
import type { Target } from "@/features/feedback/useAnnotating";
import { useHotkeys } from "@/lib/hotkeys";
import styles from "./TraceView.module.css";

/** What people do with what they look at: judge it, and keep it to try again. */
export function TraceAside({ target, projectId }: { target: Target; projectId: string }) {
  const { workspace = "default" } = useParams({ strict: false });
  const [isAnnotating, setAnnotating] = useState(false);
  useHotkeys({ a: () => setAnnotating(true) });
  const settings = (
    <Link to="/$workspace/settings" params={{ workspace }} search={{}} className={buttonClass()}>
      To the definitions
    </Link>
  );
  if (isAnnotating) {
    return <Annotate key={target.id} target={target} settings={settings} onClose={() => setAnnotating(false)} />;
  }
  return (
    <div className={styles.tools}>
      <Button onPress={() => setAnnotating(true)} aria-keyshortcuts="A">
        <Star aria-hidden /> Annotate <kbd>A</kbd>
      </Button>
      <AddToDataset projectId={projectId} recorded={[target]} />
    </div>
  );
}
