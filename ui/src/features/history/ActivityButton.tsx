import { History as HistoryIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/Button";
import { ModalDialog } from "@/components/ModalDialog";
import { useHotkeys } from "@/lib/hotkeys";

type ActivityButtonProps = {
  /** "Agent configuration" */
  noun: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  children: ReactNode;
};

/** Opens what was done to what a page shows, over the page. */
export function ActivityButton({ noun, isOpen, onOpenChange, children }: ActivityButtonProps) {
  useHotkeys({ h: () => onOpenChange(true) });
  return (
    <>
      <Button onPress={() => onOpenChange(true)} aria-keyshortcuts="H">
        <HistoryIcon aria-hidden /> History
      </Button>
      <ModalDialog title={`History of this ${noun}`} isWide isOpen={isOpen} onOpenChange={onOpenChange}>
        {children}
      </ModalDialog>
    </>
  );
}
