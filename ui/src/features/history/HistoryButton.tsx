import { History as HistoryIcon } from "lucide-react";
import { Button } from "@/components/Button";
import { ModalDialog } from "@/components/ModalDialog";
import { History, type Thing } from "@/features/history/History";
import type { Moment } from "@/features/history/moment";
import { useHotkeys } from "@/lib/hotkeys";

type HistoryButtonProps = {
  thing: Thing;
  moment: Moment | undefined;
  onMoment: (moment: Moment | undefined) => void;
};

/** Opens the history of what a page shows, over the page. */
export function HistoryButton({ thing, moment, onMoment }: HistoryButtonProps) {
  useHotkeys({ h: () => onMoment("changes") });
  return (
    <>
      <Button onPress={() => onMoment("changes")} aria-keyshortcuts="H">
        <HistoryIcon aria-hidden /> History
      </Button>
      <ModalDialog
        title={`History of this ${thing.noun}`}
        isWide
        isOpen={moment !== undefined}
        onOpenChange={() => onMoment(undefined)}
      >
        {moment && <History {...{ thing, moment, onMoment }} />}
      </ModalDialog>
    </>
  );
}
