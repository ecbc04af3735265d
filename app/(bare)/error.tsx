"use client";

export { default } from "@/app/_components/site/page-error";
