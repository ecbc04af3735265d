export { default, generateMetadata } from "@/app/_components/board/board-not-found";
