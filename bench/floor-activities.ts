/** The activity that does nothing. */
export const floorActivities = {
  nothing: async (): Promise<void> => undefined,
};

/** What a floor workflow can have done. */
export type FloorActivities = typeof floorActivities;
