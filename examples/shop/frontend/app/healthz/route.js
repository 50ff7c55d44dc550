export const dynamic = 'force-dynamic';

// Only whether this process answers: a back end that is down is the back end's own health.
export function GET() {
  return Response.json({ status: 'UP' });
}
