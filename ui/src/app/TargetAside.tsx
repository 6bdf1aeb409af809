import { Link, useParams } from "@tanstack/react-router";
import { History, MessageSquareText, Star } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button, buttonClass } from "@/components/Button";
import type { Target } from "@/entities/details/target";
import { Comments } from "@/features/comments/Comments";
import { useComments } from "@/features/comments/useComments";
import { Annotate } from "@/features/feedback/Annotate";
import { formatCount } from "@/lib/format";
import { useHotkeys } from "@/lib/hotkeys";
import styles from "./TargetAside.module.css";

type TargetAsideProps = {
  target: Target;
  /** What else can be done with it. */
  children: ReactNode;
  onHistory?: () => void;
  /** What is done less often. */
  menu?: ReactNode;
};

/** What people do with what they look at: judge it, speak of it, and keep it to use it again. */
export function TargetAside({ target, children, onHistory, menu }: TargetAsideProps) {
  const { workspace = "default" } = useParams({ strict: false });
  const [open, setOpen] = useState<"annotate" | "comment" | null>(null);
  useHotkeys({ a: () => setOpen("annotate"), c: () => setOpen("comment"), ...(onHistory && { h: onHistory }) });
  const settings = (
    <Link to="/$workspace/settings" params={{ workspace }} search={{}} className={buttonClass()}>
      To the definitions
    </Link>
  );
  const { comments } = useComments(target);
  const onClose = () => setOpen(null);
  if (open === "annotate") {
    return <Annotate key={target.id} target={target} settings={settings} onClose={onClose} />;
  }
  if (open === "comment") return <Comments key={target.id} target={target} onClose={onClose} />;
  return (
    <div className={styles.tools}>
      <Button onPress={() => setOpen("annotate")} aria-keyshortcuts="A">
        <Star aria-hidden /> Annotate <kbd>A</kbd>
      </Button>
      <Button onPress={() => setOpen("comment")} aria-keyshortcuts="C">
        <MessageSquareText aria-hidden /> Comments{" "}
        {comments && comments.length > 0 && <strong>{formatCount(comments.length)}</strong>} <kbd>C</kbd>
      </Button>
      {children}
      {onHistory && (
        <Button onPress={onHistory} aria-keyshortcuts="H">
          <History aria-hidden /> History <kbd>H</kbd>
        </Button>
      )}
      {menu}
    </div>
  );
}
