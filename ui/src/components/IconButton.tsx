import type { ReactNode, Ref } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps, TooltipTrigger } from "react-aria-components";
import { type ButtonKind, buttonClass } from "@/components/Button";
import { Tip } from "@/components/Tip";

type IconButtonProps = Omit<AriaButtonProps, "className" | "style" | "children"> & {
  label: string;
  shortcut?: string;
  kind?: ButtonKind;
  ref?: Ref<HTMLButtonElement>;
  children: ReactNode;
};

/** A button of one icon: its name is read aloud and shown on hover and on focus. */
export function IconButton({ label, shortcut, kind = "quiet", children, ...props }: IconButtonProps) {
  return (
    <TooltipTrigger delay={400}>
      <AriaButton {...props} aria-label={label} className={buttonClass(kind, true)}>
        {children}
      </AriaButton>
      <Tip>
        {label} {shortcut && <kbd>{shortcut}</kbd>}
      </Tip>
    </TooltipTrigger>
  );
}
