import { useParams } from "@tanstack/react-router";
import { History, MessageSquareText, Star } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { DefinitionsLink } from "@/app/DefinitionsLink";
import { Button } from "@/components/Button";
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
  const { open, onOpen, onClose, tools } = useOpenAct(target.id);
  useHotkeys({
    a: () => onOpen("annotate"),
    // Comments that are open know the key themselves.
    ...(open !== "comment" && { c: () => onOpen("comment") }),
    ...(onHistory && { h: onHistory }),
  });
  const { comments } = useComments(target);
  if (open === "annotate") {
    const settings = <DefinitionsLink workspace={workspace} />;
    return <Annotate key={target.id} target={target} settings={settings} onClose={onClose} />;
  }
  if (open === "comment") return <Comments key={target.id} target={target} onClose={onClose} />;
  return (
    <div ref={tools} className={styles.tools}>
      <Button onPress={() => onOpen("annotate")} aria-keyshortcuts="A">
        <Star aria-hidden /> Annotate <kbd>A</kbd>
      </Button>
      <Button onPress={() => onOpen("comment")} aria-keyshortcuts="C">
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

type Act = "annotate" | "comment";

const KEYS: Record<Act, string> = { annotate: "A", comment: "C" };

/** What is being done. When that ends, the focus goes back to where it came from, or to the button that began it. */
function useOpenAct(targetId: string) {
  const [open, setOpen] = useState<Act | null>(null);
  const began = useRef<{ act: Act; from: Element | null; targetId: string } | null>(null);
  const tools = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const last = began.current;
    if (open || !last) return;
    began.current = null;
    if (document.activeElement !== document.body) return;
    const button = tools.current?.querySelector(`[aria-keyshortcuts="${KEYS[last.act]}"]`);
    const isAway = last.targetId !== targetId || last.from === document.body || !last.from?.isConnected;
    const next = isAway ? button : last.from;
    if (next instanceof HTMLElement) next.focus({ preventScroll: true });
  }, [open, targetId]);
  const onOpen = (act: Act) => {
    if (!open) began.current = { act, from: document.activeElement, targetId };
    setOpen(act);
  };
  return { open, onOpen, onClose: () => setOpen(null), tools };
}
