import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components";
import styles from "./Button.module.css";

export type ButtonKind = "plain" | "primary" | "quiet" | "danger";
type ButtonProps = Omit<AriaButtonProps, "className" | "style" | "render"> & {
  kind?: ButtonKind;
  "aria-keyshortcuts"?: string;
};

export function buttonClass(kind: ButtonKind = "plain", isIcon = false): string {
  const look = kind === "plain" ? "" : styles[kind];
  return [styles.button, look, isIcon ? styles.icon : ""].filter(Boolean).join(" ");
}

export function Button({ kind = "plain", "aria-keyshortcuts": keys, ...props }: ButtonProps) {
  return (
    <AriaButton
      {...props}
      className={buttonClass(kind)}
      // It passes on no keys by itself.
      render={(attributes) => <button {...attributes} aria-keyshortcuts={keys} />}
    />
  );
}
