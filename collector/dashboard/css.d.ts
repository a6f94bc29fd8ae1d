/** A style sheet of a view: the build makes it a file of its own, which is there before the view is drawn. */
declare module '*.css';
