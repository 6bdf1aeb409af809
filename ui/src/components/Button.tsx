import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components";
import styles from "./Button.module.css";

export type ButtonKind = "plain" | "primary" | "quiet" | "danger";
type ButtonProps = Omit<AriaButtonProps, "className" | "style"> & { kind?: ButtonKind };

export function buttonClass(kind: ButtonKind = "plain", isIcon = false): string {
  const look = kind === "plain" ? "" : styles[kind];
  return [styles.button, look, isIcon ? styles.icon : ""].filter(Boolean).join(" ");
}

export function Button({ kind = "plain", ...props }: ButtonProps) {
  return <AriaButton {...props} className={buttonClass(kind)} />;
}
