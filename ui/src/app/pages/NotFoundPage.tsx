import { Link } from "@tanstack/react-router";
import { buttonClass } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";

export function NotFoundPage() {
  const home = (
    <Link to="/" className={buttonClass()}>
      To the projects
    </Link>
  );
  return (
    <>
      <h1 className="visually-hidden">Not found</h1>
      <EmptyState title="There is nothing at this address" actions={home}>
        The link may be mistyped, or lead to a page that this version does not have.
      </EmptyState>
    </>
  );
}
