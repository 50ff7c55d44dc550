/** @type {import('next').NextConfig} */
export default {
  // A folder with all that it needs to run, so that the image is small.
  output: 'standalone',
};
