import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "urql";
import { createAppRouter } from "@/app/router";
import { createGraphqlClient } from "@/lib/graphqlClient";
import "@/app/tokens.css";
import "@/app/base.css";

const root = document.getElementById("root");
if (!root) throw new Error("the page has no element `root`");

const client = createGraphqlClient();
const router = createAppRouter(client);

createRoot(root).render(
  <StrictMode>
    <Provider value={client}>
      <RouterProvider router={router} />
    </Provider>
  </StrictMode>,
);
