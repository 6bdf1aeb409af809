import { Link } from "@tanstack/react-router";
import { buttonClass } from "@/components/Button";

/** Where one goes to say what can be said of things. */
export function DefinitionsLink({ workspace }: { workspace: string }) {
  return (
    <Link to="/$workspace/settings" params={{ workspace }} search={{}} className={buttonClass()}>
      To the definitions
    </Link>
  );
}
