// Rendered for each request: the build has no back end to ask.
export const dynamic = 'force-dynamic';

async function products() {
  try {
    const answer = await fetch(`${process.env.BACKEND_URL}/api/products`, { signal: AbortSignal.timeout(3000) });
    return answer.ok ? await answer.json() : [];
  } catch {
    return [];
  }
}

export default async function Page() {
  const list = await products();
  return (
    <main>
      <h1>상점</h1>
      {list.length === 0 ? <p>지금은 상품이 없습니다.</p> : null}
      <ul>
        {list.map((product) => (
          <li key={product.id}>
            {product.name}: {product.price.toLocaleString('ko-KR')}원
          </li>
        ))}
      </ul>
      <footer>
        {process.env.CANARY_SLOT ?? 'local'} {process.env.CANARY_RELEASE?.slice(0, 9)}
      </footer>
    </main>
  );
}
