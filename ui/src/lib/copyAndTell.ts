import { showToast } from "@/lib/toasts";

/** Puts a text into the clipboard and says so, or that it could not be done. */
export function copyAndTell(text: string, said: string): void {
  navigator.clipboard.writeText(text).then(
    () => showToast(said),
    () => showToast("Copying was refused by the browser."),
  );
}
