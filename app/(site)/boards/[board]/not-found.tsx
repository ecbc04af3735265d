export { default } from "@/app/_components/board/board-not-found";
