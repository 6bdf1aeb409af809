import { useBlocker } from "@tanstack/react-router";
import { Button } from "@/components/Button";
import { FormActions } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";

/** Asks before a page is left on which something is written that is not saved. */
export function LeaveGuard({ isOn }: { isOn: boolean }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => isOn && current.pathname !== next.pathname,
    enableBeforeUnload: () => isOn,
    withResolver: true,
  });
  return (
    <ModalDialog title="Leave without saving?" isOpen={status === "blocked"} onOpenChange={() => reset?.()}>
      <p>What you have changed here is not saved.</p>
      <FormActions isPart>
        <Button autoFocus onPress={() => reset?.()}>
          Stay
        </Button>
        <Button kind="danger" onPress={() => proceed?.()}>
          Leave
        </Button>
      </FormActions>
    </ModalDialog>
  );
}
