"""What the lessons ask, by their names; apart from the lessons, so that a list of them computes nothing."""

QUESTIONS = {
    "one-neuron": (
        "A neuron with w = 0.8 and b = 1 gives 2.2 for the input 1.5, and should give 0.5. After one step of gradient"
        " descent with step size 0.2, where is its output?"
    ),
    "two-neurons": (
        "Two linear neurons, one after the other, begin with w = 0.8 and b = 1 each. For the input 1.5 they should "
        "give 0.5. Which of the four numbers changes most in the first step of gradient descent?"
    ),
    "published-example": (
        "The outputs of a network are 0.75 and 0.77 and should be 0.01 and 0.99. Do both move the right way in one "
        "step of gradient descent?"
    ),
    "festival": (
        "You go to a festival if w·x is more than a threshold of 5. Good weather has the weight 6, your partner has 2, "
        "and a place near public transport has 2. It rains, but your partner comes and the place is near. Do you "
        "go?"
    ),
    "perceptron": (
        "A neuron starts with w = (0, 0) and threshold 0. It sees the four rows of XOR (1 if exactly one of two inputs "
        "is 1) in turn, again and again, and changes w and its threshold after every mistake. After how many mistakes "
        "does it decide all four rows right?"
    ),
    "descent": (
        "E = (1.5 w + b - 0.5)^2 is 0 on a line. Gradient descent begins at w = 0.8 and b = 1 with small steps. Where"
        " does it end?"
    ),
    "deltas": (
        "Three layers of logistic neurons take their first step of gradient descent, on one row with the inputs 0.1 "
        "and 0.1. In which layer is the mean of |delta| smallest?"
    ),
    "activations": (
        "A logistic neuron x = sigma(1.5 w + 1) should give 0.5. With w = 0.8 it gives 0.900, and dE/dw is 0.108. "
        "With w = 4 it gives 0.999, so its error is larger. How large is dE/dw there?"
    ),
    "bias-variance": (
        "Points lie on y = x^2 from 0 to 1, with noise of standard deviation 0.1. Polynomials are fitted to 12 points, "
        "and to 200. Which degree has the least expected squared error on new targets at the same x?"
    ),
    "convolution": (
        "A picture is 50 everywhere. The Laplacian, the kernel with the rows (0, -1, 0), (-1, 4, -1), (0, -1, 0), is "
        "moved over it without padding, so it never reaches over the border. What is the output?"
    ),
    "pooling": (
        "Max-pooling keeps the largest entry of every window of 2 x 2. In the backward pass delta comes back to a "
        "window. To which of its four entries does it go?"
    ),
    "adversary": (
        "A neuron with w = (2, -1, 0.5) and b = 0.1 decides 1 at x = (1, 0.5, -1): the margin w·x + b is 1.1, above "
        "0. Every input may be changed by at most epsilon, up or down. How large must epsilon be so that the decision "
        "can flip?"
    ),
    "intervals": (
        "A model is tried on 9 rows that it has not learned from, which gives 9 residuals |target - prediction|. The "
        "interval for the next row is its prediction plus or minus one of them. Which one must be taken, so that the "
        "interval contains the target with a probability of at least 90%?"
    ),
    "members": (
        "256 networks learn from the same rows, each from other random starting weights, and they predict "
        "differently. How does the variance of a prediction change if it is the mean of four networks instead of one?"
    ),
}
