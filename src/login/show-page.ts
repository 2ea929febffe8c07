import { sendPage } from '../http/page-reply.ts';
import type { PageAssets } from './pages/assets.ts';
import { layout, type Page } from './pages/layout.ts';

type Reply = Parameters<typeof sendPage>[0];

/** Creates the function that sends pages in their common frame. */
export function showerOf({ assets }: { readonly assets: PageAssets }) {
  return (reply: Reply, status: number, page: Page): Reply =>
    sendPage(reply, layout(page, assets.urls), { status, policy: page });
}
